// Every page works without this. It saves waiting, and it loses nothing that was typed.
import { watchForms } from "./compose.js";
import { watchSimilar } from "./similar.js";
import { watchVotes } from "./votes.js";

watchForms();
watchSimilar();
watchVotes();

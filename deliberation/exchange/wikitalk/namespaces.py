"""How wikis in different languages name a user's page, their talk page and their contributions. Pure."""

from typing import Final

USER_SPACES: Final = frozenset(
    {
        "user", "user talk", "u", "ut", "användare", "användardiskussion", "benutzer", "benutzerin",
        "benutzer diskussion",
        "benutzerin diskussion", "bd", "utilisateur", "utilisatrice", "discussion utilisateur",
        "discussion utilisatrice", "usuario", "usuaria", "usuario discusión", "usuaria discusión", "bruker",
        "brukerdiskusjon", "brukar", "brukardiskusjon", "bruger", "brugerdiskussion", "käyttäjä",
        "keskustelu käyttäjästä", "gebruiker", "overleg gebruiker", "utente", "discussioni utente", "usuário",
        "usuária", "usuário(a)", "usuário discussão", "usuário(a) discussão", "utilizador", "utilizadora",
        "wikipedysta", "wikipedystka", "dyskusja wikipedysty", "dyskusja wikipedystki", "użytkownik",
        "dyskusja użytkownika", "участник", "участница", "обсуждение участника", "обсуждение участницы",
        "notandi", "notandaspjall", "kasutaja", "kasutaja arutelu",
    }
)  # fmt: skip
CONTRIBUTIONS: Final = frozenset(
    {
        "contributions", "contribs", "bidrag", "beiträge", "contribuciones", "muokkaukset", "bijdragen",
        "contributi", "contribuições", "wkład", "вклад",
    }
)  # fmt: skip
SPECIAL: Final = frozenset({"special", "spécial", "spezial", "especial", "speciaal", "speciale", "toiminnot",
                            "spesial", "служебная", "specjalna"})  # fmt: skip
UNSIGNED: Final = frozenset(
    {
        "unsigned", "unsigned2",
        "unsignedip", "unsigned ip", "osignerat", "osignerad", "usignert", "usigneret",
        "non signé", "sin firmar", "nicht signiert", "unsigniert", "allekirjoittamaton", "xsign", "uncas",
    }
)  # fmt: skip


def user_of(target: str) -> str:
    """Return whose page a link with this target leads to, or nothing when it is nobody's.

    >>> user_of(":sv:Användardiskussion:Siv Ek#Hej")
    'Siv Ek'
    """
    parts = target.replace("_", " ").strip().lstrip(":").split(":")
    for place, part in enumerate(parts[:-1]):
        rest = ":".join(parts[place + 1 :]).strip()
        space = part.strip().casefold()
        if space in USER_SPACES:
            return rest.split("#")[0].split("/")[0].strip()
        if space in SPECIAL:
            page, _, name = rest.partition("/")
            return name.strip() if page.strip().casefold() in CONTRIBUTIONS else ""
    return ""

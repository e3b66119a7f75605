"""Discussions written for these tests, as people write them on wikis."""

SWEDISH = """\
{{Diskussionssida}}
== Öppna översättningar ==
Vi borde låta alla '''översätta''' sidan. Det går fort, och [https://example.org/v verktyget] finns redan. \
--[[Användare:Siv Ek|Siv]] ([[Användardiskussion:Siv Ek|diskussion]]) 5 mars 2010 kl. 12.34 (CET)
:Bra, men vem granskar?
:Någon måste göra det. [[Användare:Bo]] ([[Användardiskussion:Bo|disk]]) 6 mars 2010 kl. 08.01 (CET)
::Jag kan. {{osignerat|Eva|7 juli 2010 kl. 09.00 (CEST)}}
:* Nej. – [[Användare:Li]] 8 mars 2010 kl. 10.00 (CET)

== Re: Öppna översättningar ==
Jag håller med Siv. --Nils 12:34, 9 mars 2010 (CET)
"""

ENGLISH = """\
= Partners =
<!-- one line each,
please -->
Some proposals, add yours:
* Print a map of everybody. [[User:Ann|<span style="color:red">Ann</span>]] ([[User talk:Ann|talk]]) \
12:00, 1 May 2011 (UTC)
** Where would it hang? [[Special:Contributions/127.0.0.1|127.0.0.1]] 12:00, 2 May 2011 (UTC)
* Ask the museums
== Thread:Talk:Partners/Libraries first (2) ==
We need:
* a list
* a letter
Regards, [[User:Zoe]] 12:00, 1 May 2011 (UTC)
"""

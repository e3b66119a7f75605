"""The writers of what a synthesis was before it was a `Report`; they go when nothing composes it any more."""

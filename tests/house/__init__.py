"""The house's own rules, checked: sizes, names, strings that hide imports, what must never be committed."""

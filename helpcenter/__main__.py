"""`python -m helpcenter` is the `helpcenter` command."""

from helpcenter.cli import main

main()

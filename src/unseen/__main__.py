"""`python -m unseen`: the command, where the script is not on the path."""

from unseen.cli import main

main()

"""`python -m lianzhu` is the same as the `lianzhu` command."""

import sys

from lianzhu.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

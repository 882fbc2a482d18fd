"""``python -m resolutionkit.cli``, for where the script is not on the path."""

import sys

from resolutionkit.cli import main

sys.exit(main())

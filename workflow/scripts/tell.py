"""Tell what a finished study has found, and where its page is: tell.py results/demo …"""

import sys

from response_clusters.errors import StudyError
from response_clusters.report.telling import told

if __name__ == "__main__":
    try:
        print("\n\n".join(told(folder) for folder in sys.argv[1:]))
    except StudyError as error:
        sys.exit(str(error))

"""Look for all that is wrong with a study before it is run: preflight.py CONFIGURATION …"""

import sys
from pathlib import Path

from response_clusters.machine import prefer_modules
from response_clusters.study.preflight import preflight, report

if __name__ == "__main__":
    prefer_modules(Path(__file__).parent)
    checked = preflight(sys.argv[1:])
    print(report(checked))
    sys.exit(any(fault.needed for fault in checked.faults))

"""Look for all that is wrong with a study before it is run: preflight.py CONFIGURATION …"""

import sys
from pathlib import Path

import yaml
from response_clusters.machine import prefer_modules
from response_clusters.study.preflight import merged, preflight, report

if __name__ == "__main__":
    prefer_modules(Path(__file__).parent)
    files = sys.argv[1:]
    try:
        checked = preflight(merged(files), files)
    except (OSError, yaml.YAMLError) as error:
        sys.exit(f"{', '.join(files)}: the configuration cannot be read ({error}); expected YAML.")
    print(report(checked))
    sys.exit(any(fault.needed for fault in checked.faults))

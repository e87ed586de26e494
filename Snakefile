"""How the human brain's responses to natural images cluster: the whole study at a glance."""

from snakemake.utils import min_version

# The oldest that envs/study.in allows.
min_version("9.8")


configfile: f"{workflow.basedir}/config/config.yaml"


report: "workflow/report/study.rst"


include: "workflow/rules/common.smk"


for rules_file in [*plan.source.rules, plan.source.kind]:

    include: f"workflow/rules/sources/{rules_file}.smk"


include: "workflow/rules/responses.smk"
include: "workflow/rules/clusters.smk"
include: "workflow/rules/consistency.smk"
include: "workflow/rules/images.smk"
include: "workflow/rules/labels.smk"
include: "workflow/rules/record.smk"
include: "workflow/rules/stale.smk"


rule all:
    default_target: True
    input:
        TARGETS,
    message:
        f"The study is complete; begin with {OUT}/README.md"

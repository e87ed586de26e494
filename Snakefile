"""How the human brain's responses to natural images cluster: `snakemake` in this folder runs it."""


include: "workflow/Snakefile"


# Rules of an included file are never what a plain `snakemake` makes.
workflow.default_target = "all"

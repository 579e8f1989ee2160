"""Rule packs: in come YAML files, out goes a plan, the rules that apply between two versions in their order."""

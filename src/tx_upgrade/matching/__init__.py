"""Where a file meets the rules: in come modules and a plan, out go findings and the edits that answer them."""

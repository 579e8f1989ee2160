"""The command line: one file a command, and no logic. In: arguments. Out: what the stages give, on the right
stream, and an exit status (0 nothing to do, 1 changes or findings, 2 the run itself failed).
"""

"""The console script ``tx-upgrade``."""

import gc
import sys


def main(argv: list[str] | None = None) -> None:
    """Run the command line; ``argv`` are the arguments without the program's name. Always raises SystemExit."""
    # a command ends before there is garbage worth the search for it, which takes a tenth of a short one's time
    gc.disable()
    try:
        from tx_upgrade.cli.show import shown

        arguments = sys.argv[1:] if argv is None else argv
        if shown(arguments):
            sys.exit(0)
        from tx_upgrade.cli.app import app

        app(args=arguments, prog_name="tx-upgrade")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        # A mistake of ours: never exit status 1, which would say that there are findings.
        import traceback

        traceback.print_exc()
        print("tx-upgrade: error: this is a bug in tx-upgrade; please report it", file=sys.stderr)
        sys.exit(2)
    finally:
        gc.freeze()  # nor is there at the end
        gc.enable()


if __name__ == "__main__":
    main()

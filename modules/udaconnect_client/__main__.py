"""The command `udaconnect`."""

import typer

from udaconnect_client.commands import demo
from udaconnect_client.commands.meetings import meetings
from udaconnect_client.commands.push import push
from udaconnect_client.commands.simulate import simulate
from udaconnect_client.commands.token import token
from udaconnect_client.dead_letters import command as dead_letters_command

# Errors of the user get a sentence; any other is a defect, and its plain traceback is what a report needs.
app = typer.Typer(
    help="Send locations to UdaConnect, simulate a conference, see who met whom.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(push)
app.command()(simulate)
app.command()(meetings)
app.command()(token)
app.add_typer(dead_letters_command.app, name="dead-letters")
app.command("demo", help="Send a small simulated conference and show the meetings found.")(demo.main)


@app.callback()
def udaconnect() -> None:
    """Addresses come from options, else from the environment, else from var/run.env, else they are the usual ports."""


def main() -> None:
    app()


if __name__ == "__main__":
    main()

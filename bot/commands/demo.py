"""`dibs demo`: the playground."""

import click


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the stand-ins listen (0: any free port).")
@click.option("--no-browser", is_flag=True, help="Stay in the terminal.")
@click.option("--story", is_flag=True, help="Play the story and end: 0 if it went as written, 1 if not.")
def demo(port: int, no_browser: bool, story: bool) -> int:
    """Try Dibs without an account anywhere: stand-ins, a seeded team, a customer."""
    from bot.demo import run_demo

    return run_demo(port, browser=not no_browser, story=story)

"""`soc topics`: what is in Kafka."""

import typer

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.kafka.look import topic_states

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def topics() -> None:
    """List the topics with partitions, records, size and the lag of each group."""
    settings = with_addresses(settings_module.load())
    print(f"{'topic':44} {'parts':>5} {'records':>10} {'MB':>8}  lag")
    for one in topic_states(settings.kafka):
        lag = " ".join(f"{group}={count}" for group, count in sorted(one.lag.items()))
        print(f"{one.name:44} {one.partitions:5} {one.records:10} {one.size_bytes / 1e6:8.2f}  {lag}")

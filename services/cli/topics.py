"""`soc topics`: what is in Kafka."""

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.kafka.look import topic_states
from infra.terminal import tell
from schemas.sentences import say
from services.cli.spoken import App

app = App()


@app.add("topics", help="help_topics")
def topics() -> None:
    """List the topics with partitions, records, size and the lag of each group."""
    settings = with_addresses(settings_module.load())
    found = topic_states(settings.kafka)
    tell(say("topics_head"))
    for one in found:
        lag = " ".join(f"{group}={count}" for group, count in sorted(one.lag.items()))
        print(f"{one.name:44} {one.partitions:5} {one.records:10} {one.size_bytes / 1e6:8.2f}  {lag}")

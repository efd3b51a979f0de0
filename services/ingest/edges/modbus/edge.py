"""Reads the registers that the settings name; needs the extra `modbus`."""

from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from infra.clock import now_ms
from schemas.edges import Modbus, Register
from schemas.errors import Unavailable
from schemas.sentences import say
from services.ingest.edges.health import why
from services.ingest.edges.intake import Fault, Intake
from services.ingest.edges.polling import Answer, poll

PATIENCE_S = 5.0


async def run(intake: Intake) -> None:
    """Asks until the controller does not answer. Raises Unavailable saying why."""
    modbus = intake.edge.modbus
    assert modbus is not None
    client = AsyncModbusTcpClient(modbus.host, port=modbus.port, timeout=PATIENCE_S, reconnect_delay=0)
    try:
        if not await client.connect():
            raise Unavailable(say("does_not_answer", address=f"{modbus.host}:{modbus.port}"))
        await poll(intake, lambda: _asked(client, modbus), modbus.poll_s)
    except (ModbusException, OSError) as error:
        raise Unavailable(why(error)) from None
    finally:
        client.close()


async def _asked(client: AsyncModbusTcpClient, modbus: Modbus) -> Answer:
    answer = Answer(origin=modbus.host, at_ms=now_ms(), records=[], faults=[])
    for register in modbus.registers:
        found = await _value(client, modbus.device, register)
        if isinstance(found, Fault):
            answer.faults.append(found)
        else:
            unit = {"u": register.unit} if register.unit else {}
            value = found * register.scale + register.shift
            name = f"{register.sensor}/{register.quantity}"
            answer.records.append({"n": name, "v": value, "t": answer.at_ms / 1000, **unit})
    return answer


async def _value(client: AsyncModbusTcpClient, device: int, register: Register) -> float | Fault:
    kind = client.DATATYPE[register.type.upper()]
    read: Any = client.read_holding_registers if register.table == "holding" else client.read_input_registers
    answer = await read(register.address, count=kind.value[1], device_id=device)
    if answer.isError() or len(answer.registers) != kind.value[1]:  # some answer with more or fewer than they are asked
        where = f"{register.table} {register.address}"
        return Fault(str(answer).encode(), say("register_refused", register=where, answer=answer), where)
    value = client.convert_from_registers(answer.registers, kind, word_order=register.words)
    return float(value)  # type: ignore[arg-type]  # numeric types only

"""The structure of a network as a diagram in Graphviz's language: boxes, arrows with shapes."""

from collections.abc import Callable, Collection, Sequence

from core.architectures.bricks import Shape, sizes
from core.architectures.plans import Layer

INPUT = "input"


def diagram(
    layers: Sequence[Layer],
    input_shape: Shape,
    *,
    unfolded: Collection[str] = (),
    chosen: str = "",
    link: Callable[[str], str] = lambda name: "",
) -> str:
    """All layers and the shapes between them, from left to right, as a DOT text.

    A container is one box unless its name is `unfolded`; `chosen` is drawn stronger; `link` gives
    the address that a click on a layer opens.
    """
    by_place = {layer.place: layer for layer in layers}
    hidden: dict[str, str] = {}
    for layer in layers:
        for outer in _around(layer, layers):
            if outer.name not in unfolded:
                hidden[layer.name] = outer.name
                break
    shown = [layer for layer in layers if layer.name not in hidden]
    lines = [
        'digraph { rankdir=LR; bgcolor="transparent"; pad=0.1; nodesep=0.2; ranksep=0.35;',
        'node [shape=box style="rounded,filled" fillcolor="#8a8f9822" color="#8a8f98"',
        ' fontname="sans-serif" fontcolor="#7d838f" fontsize=11 margin="0.12,0.06" height=0.3];',
        'edge [color="#8a8f98" fontname="sans-serif" fontsize=9 arrowsize=0.6',
        ' fontcolor="#8a8f98"];',
        f'"{INPUT}" [fillcolor="transparent"];',
    ]
    lines += _boxes([x for x in shown if "." not in x.place], unfolded, chosen, link)
    shapes = {"": input_shape} | {layer.name: layer.output_shape for layer in layers}
    for layer in shown:
        folded = bool(layer.inside) and layer.name not in unfolded
        sources = [_into(layer, by_place)] if folded else layer.sources
        for source in dict.fromkeys(sources):
            start = hidden.get(source, source) or INPUT
            lines.append(f'"{start}" -> "{layer.name}" [label=" {sizes(shapes[source])} "];')
    return "\n".join([*lines, "}"])


def _around(layer: Layer, layers: Sequence[Layer]) -> list[Layer]:
    """The containers that a layer is in, the outermost first."""
    return sorted(
        (one for one in layers if one.inside and layer.place.startswith(f"{one.place}.")),
        key=lambda one: len(one.place),
    )


def _into(container: Layer, by_place: dict[str, Layer]) -> str:
    """What a container as a whole is given: what the first layer of its stacks takes."""
    for _, inside in container.inside:
        if inside:
            first = inside[0]
            return _into(first, by_place) if first.inside else first.sources[0]
    return container.sources[0]


def _boxes(
    layers: Sequence[Layer],
    unfolded: Collection[str],
    chosen: str,
    link: Callable[[str], str],
) -> list[str]:
    lines = []
    for layer in layers:
        marks = f'label="{layer.name}" tooltip="{layer.sizes}"'
        if address := link(layer.name):
            marks += f' URL="{address}" target="_self"'
        if layer.name == chosen:
            marks += ' color="#2f6db5" penwidth=2.5'
        if layer.inside and layer.name not in unfolded:
            marks += " peripheries=2"
        lines.append(f'"{layer.name}" [{marks}];')
        if layer.inside and layer.name in unfolded:
            lines.append(f'subgraph "cluster_{layer.name}" {{ style="rounded,dashed";')
            lines.append('color="#8a8f98"; margin=8;')
            for _, inside in layer.inside:
                lines += _boxes(inside, unfolded, chosen, link)
            lines.append("}")
    return lines

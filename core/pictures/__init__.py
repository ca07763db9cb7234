"""Pictures: recorded arrays become packed uint8 planes, for live, replay and scrubbing alike.

`planes` turns numbers into bytes, `packing` puts bytes and a header into one message, `panels` says
how one recorded array is laid out, `strips` and `layer_views` compose what a page shows.
"""

from core.pictures.inputs import (
    Probes,
    blank_probes,
    channels_first,
    gives_probability,
    in_unit,
    probes_of,
    says,
    shares_of,
    told_number,
)
from core.pictures.inside_views import inside_view, live_inside, needed
from core.pictures.layer_views import layer_view
from core.pictures.packing import pack, plane_of, unpack
from core.pictures.panels import told_weights
from core.pictures.planes import (
    arranged,
    columns,
    display_scale,
    neat_scale,
    signed_bytes,
    tile_shape,
    unsigned_bytes,
)
from core.pictures.strips import live_frame, strip
from core.pictures.walk_views import cell_of, place_at, walk_view
from core.pictures.work_views import AT_WORK, bent, functions, live_work, work_view

__all__ = [
    "AT_WORK",
    "Probes",
    "bent",
    "blank_probes",
    "functions",
    "gives_probability",
    "in_unit",
    "inside_view",
    "says",
    "shares_of",
    "told_number",
    "told_weights",
    "arranged",
    "cell_of",
    "channels_first",
    "columns",
    "display_scale",
    "layer_view",
    "live_frame",
    "live_inside",
    "live_work",
    "neat_scale",
    "needed",
    "pack",
    "place_at",
    "plane_of",
    "probes_of",
    "signed_bytes",
    "strip",
    "tile_shape",
    "unpack",
    "walk_view",
    "unsigned_bytes",
    "work_view",
]

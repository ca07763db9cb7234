"""The benchmarks: what the performance goals are measured with, one file a figure.

    python -m benchmarks                    all of them, in this order
    python -m benchmarks accuracy scrubbing     some of them

To add one: write a file beside this one with a function `measure() -> Result`, and add its line
below. Nothing else should run on the machine meanwhile.
"""

BENCHMARKS: dict[str, str] = {
    "speed_alone": "training speed while recording, against a bare loop",
    "speed_watched": "the same with a browser watching, and the pictures that reach it",
    "first_picture": "from Train pressed to the first live picture",
    "usual_way": "one epoch against a DataLoader and TensorBoard histograms",
    "functions_watched": "activation functions at work, live: pictures a second and what it costs",
    "sliders": "pictures a second under the sliders of activation functions",
    "opening_networks": "from Open pressed to the layers of ResNet-50, and the server's memory",
    "watching_scripts": "what it costs a script's own training loop to be watched",
    "refusal": "from a link to an absurd network to the sentence that names its layer",
    "opening": "server time to open any page on a finished run",
    "race_page": "server time to open a race of 200 finished runs",
    "scrubbing": "pictures a second under a moved slider",
    "file_size": "size of a run's file",
    "server_memory": "memory of the server process",
    "seeds_at_once": "whether seeds are better trained as one batched model",
    "race": "twelve runs as a race with a worker a core, against a bare loop",
    "race_on_cluster": "the same race on a cluster of separate processes, against the local one",
    "race_killed": "runs that are lost or repeated when workers are killed in mid-race",
    "accuracy": "images of the test set that are named right",
    "reached": "what every architecture reaches on the data it is made for",
}
"""Each module of this folder that holds a benchmark, and what it measures."""

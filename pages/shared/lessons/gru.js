// Lessons: a GRU cell, drawn.

DRAWINGS.gru = (stage, weights) => gatedLesson(stage, weights, gru, [
  ["x", "Input", "input"], ["r", "Reset gate", "gate"], ["n", "Candidate", "activation"],
  ["z", "Update gate", "gate"], ["h", "State", "activation"],
], ({ r, z, n, before, h }, at) => [
  `step ${at}: h = (1 ${MINUS} z)·n + z·h = ${number(1 - z)} · ${number(n)} + ${number(z)} · ${number(before)} = ${number(h, 3)}`,
  `the candidate sees ${number(r)} of the state before it`,
]);

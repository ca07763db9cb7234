// Lessons: an LSTM cell, drawn.

DRAWINGS.lstm = (stage, weights) => gatedLesson(stage, weights, lstm, [
  ["x", "Input", "input"], ["i", "Input gate", "gate"], ["g", "Candidate", "activation"],
  ["f", "Forget gate", "gate"], ["c", "Cell", "activation"], ["o", "Output gate", "gate"], ["h", "State", "activation"],
], ({ i, f, g, o, before, c, h }, at) => [
  `step ${at}: c = f·c + i·g = ${number(f)} · ${number(before)} + ${number(i)} · ${number(g)} = ${number(c, 3)}`,
  `h = o · tanh c = ${number(o)} · ${number(Math.tanh(c), 3)} = ${number(h, 3)}`,
]);

// Lessons: a line through points, drawn: each miss, the error, and its gradient.

DRAWINGS.linear = (stage, { x, y }) => {
  const plot = new Panel(stage, "400 shops: price and sales", "input");
  const best = bestLine(x, y);
  const least = lineError(x, y, best.weight, best.bias).error;
  const bar = make("div", "steps");
  bar.dataset.unsaved = "";
  const button = bar.appendChild(make("button", "", "Best line"));
  button.type = "button";
  button.addEventListener("click", () => {
    stage.set("weight", best.weight);
    stage.set("bias", best.bias);
    stage.later();
  });
  stage.pictures.before(bar);

  return ({ weight, bias }) => {
    const [width, height] = [Math.min(stage.room, 680), 340];
    const [left, right, top, bottom] = [38, 8, 8, 38];
    const pen = plot.begin(width, height);
    const across = (value) => left + ((value + 4.2) / 8) * (width - left - right);
    const up = (value) => height - bottom - (value / 18) * (height - top - bottom);
    pen.font = `12px ${stage.font}`;
    pen.fillStyle = stage.ink;
    pen.strokeStyle = stage.colours.input;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of [0, 5, 10, 15]) {
      pen.globalAlpha = 0.25;
      pen.strokeRect(left, up(tick), width - left - right, 0);
      pen.globalAlpha = 0.8;
      pen.fillText(String(tick), left - 6, up(tick));
    }
    pen.textAlign = "center";
    for (const tick of [-4, -2, 0, 2]) pen.fillText(number(tick, 0), across(tick), height - 26);
    pen.fillText("price, standard deviations from the mean", left + (width - left - right) / 2, height - 9);
    pen.save();
    pen.translate(10, (height - bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText("sales, thousands", 0, 0);
    pen.restore();
    pen.save();
    pen.beginPath();
    pen.rect(left, top, width - left - right, height - top - bottom);
    pen.clip();
    pen.globalAlpha = 0.25;
    pen.strokeStyle = stage.ink;
    pen.beginPath();
    for (let i = 0; i < x.length; i++) {
      pen.moveTo(across(x[i]), up(y[i]));
      pen.lineTo(across(x[i]), up(weight * x[i] + bias));
    }
    pen.stroke();
    pen.globalAlpha = 0.8;
    pen.fillStyle = stage.colours.input;
    for (let i = 0; i < x.length; i++) {
      pen.beginPath();
      pen.arc(across(x[i]), up(y[i]), 2.5, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = stage.colours.pre_activation;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.moveTo(across(-5), up(weight * -5 + bias));
    pen.lineTo(across(5), up(weight * 5 + bias));
    pen.stroke();
    pen.restore();
    const { error, byWeight, byBias } = lineError(x, y, weight, bias);
    const line = `ŷ = ${number(weight)}·x ${bias < 0 ? MINUS : "+"} ${number(Math.abs(bias))}`;
    const told = `${line}: mean squared error E = ${number(error, 3)}; the least possible is ${number(least, 3)}`;
    plot.keep(() => x.map((price, n) => [price, y[n], weight * price + bias, y[n] - weight * price - bias]),
      { left: x.map((_, n) => `shop ${n + 1}`), top: ["price x", "sales y", "line ŷ", "y − ŷ"] });
    plot.describe(`400 shops as points, and a line with each point's distance to it. ${told}.`);
    stage.say(told, `gradient: ∂E/∂w = ${number(byWeight, 3)}, ∂E/∂b = ${number(byBias, 3)}`,
      "Output size: a linear layer gives one number a unit; with one unit, 400 shops give 400 × 1 numbers.");
  };
};

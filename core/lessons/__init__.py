"""The lessons: one kind of layer each, to play with before anything is trained."""

from core.lessons import (
    attention,
    convolution,
    dropout,
    embedding,
    gru,
    inception,
    linear,
    lstm,
    normalisation,
    padding,
    pooling,
    residual,
    rnn,
    softmax,
)
from core.lessons.lesson import Lesson

LESSONS: dict[str, Lesson] = {
    lesson.name: lesson
    for lesson in (
        convolution.LESSON,
        pooling.LESSON,
        padding.LESSON,
        linear.LESSON,
        normalisation.LESSON,
        dropout.LESSON,
        embedding.LESSON,
        rnn.LESSON,
        lstm.LESSON,
        gru.LESSON,
        attention.LESSON,
        residual.LESSON,
        inception.LESSON,
        softmax.LESSON,
    )
}

"""The lessons: one kind of layer each, to play with before anything is trained."""

from core.lessons import convolution, linear, pooling
from core.lessons.lesson import Lesson

LESSONS: dict[str, Lesson] = {
    lesson.name: lesson for lesson in (convolution.LESSON, pooling.LESSON, linear.LESSON)
}

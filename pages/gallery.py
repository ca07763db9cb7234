"""Layer gallery: one kind of layer at a time, to play with before anything is trained."""

import streamlit as st

from core.data.dataset import DataError
from core.lessons import LESSONS
from pages.shared.choose import choose
from pages.shared.lesson import draw_lesson
from pages.shared.plain import plain

titles = {name: lesson.title for name, lesson in LESSONS.items()}
lesson = LESSONS[choose("Kind of layer", list(titles), "lesson", titles.__getitem__)]
try:
    numbers = lesson.numbers()
except DataError as fault:
    st.error(plain(str(fault)), icon=":material/broken_image:")
    st.stop()
st.write(lesson.sentence)
st.latex(rf"\vphantom{{\Bigg|}} {lesson.formula}")  # or a tall fraction is cut off
draw_lesson(lesson, numbers)
st.markdown(f":material/lightbulb: **Try this.** {lesson.try_this}")

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
with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
    for part in lesson.formula.split(r"\qquad"):  # side by side where there is room
        room = "Bigg" if r"\frac" in part or r"\sum" in part else "big"  # or a fraction is cut off
        st.latex(rf"\vphantom{{\{room}|}} \; {part} \;", width="content")
draw_lesson(lesson, numbers)
st.markdown(f":material/lightbulb: **Try this.** {lesson.try_this}")

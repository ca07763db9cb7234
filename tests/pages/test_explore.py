import pytest
from tests.pages.conftest import *
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("state", ["demo", *STATES, *BROKEN, "gone"])
def test_x(open_page, make_run, page, state):
    import time
    if state == "gone": q={"run":"0"*26}
    elif state == "demo": q={}
    else: q={"run":make_run(state).id}
    t=time.time()
    tab=open_page(page, **q)
    print("=====",page,state,round(time.time()-t,2)); print(said(tab)[:900]); print([ (type(e).__name__, getattr(e,'label',None) or getattr(e.proto,'label','')) for e in tab.get('button')], [e.type for e in tab.main.children.values()][:40])

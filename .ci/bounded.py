"Runs functions in a child process that may use five seconds and a gigabyte: what a stranger's file may cost."
import multiprocessing, os, resource, signal, traceback
from multiprocessing.connection import Connection
from typing import Any, Callable, Sequence

Outcome = tuple[str, str] # `read`, `refused` or `fell`, and the value or what went wrong

def _page_bytes() -> int:
    with open('/proc/self/statm') as f: return int(f.read().split()[0])*resource.getpagesize()

def _one(job: Callable[[], Any], refusals: tuple[type, ...]) -> Outcome:
    try: return 'read', repr(job())[:500]
    except refusals as e: return 'refused', str(e)
    except BaseException as e:
        where = traceback.extract_tb(e.__traceback__)[-1]
        return 'fell', f'{type(e).__name__}: {e!s:.200} ({os.path.basename(where.filename)}:{where.lineno})'

def _child(jobs: Sequence[Callable], refusals: tuple[type, ...], pipe: Connection, sec: float,
           room: int) -> None:
    import torch
    torch.set_num_threads(1)
    signal.signal(signal.SIGALRM, signal.SIG_DFL) # ends the process, in the middle of C code too
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.path.exists('/proc/self/statm'): # Linux; macOS does not keep such a limit
        limit = _page_bytes() + room # beyond what the imports took
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for job in jobs:
        signal.setitimer(signal.ITIMER_PROF, sec)  # of computing
        signal.setitimer(signal.ITIMER_REAL, 4*sec) # of waiting, as the machine may be busy
        pipe.send(_one(job, refusals))
    os._exit(0)

def bounded(
    jobs: Sequence[Callable[[], Any]], # each reads something
    refusals: tuple[type, ...], # the errors that are meant for a user
    sec: float = 5., # of the processor, for one job
    room: int = 2**30, # bytes of memory, for all together
) -> list[Outcome]:
    "Returns what came of each job. A job that hangs, crashes or asks for too much memory fell."
    fork, found = multiprocessing.get_context('fork'), []
    while len(found) < len(jobs):
        mine, theirs = fork.Pipe(duplex=False)
        child = fork.Process(target=_child, args=(jobs[len(found):], refusals, theirs, sec, room))
        child.start()
        theirs.close()
        try:
            while len(found) < len(jobs): found.append(mine.recv())
        except EOFError:
            child.join()
            slow = -(child.exitcode or 0) in (signal.SIGALRM, signal.SIGPROF)
            found.append(('fell', f'over {sec:g} s' if slow else f'the process ended with {child.exitcode}'))
        child.join()
        mine.close()
    return found

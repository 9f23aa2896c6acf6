# make demo    everything from nothing: environment, data, training, validation, search
# make test    everything that CI runs
# make docs    the notebooks as a web site in _docs/, with the outputs stored in them
# make lab     JupyterLab in the environment
# make hashes INDEX=URL  the hashes of the pinned versions, from a package index
# make browser the explorer in a real browser (needs Chromium); pictures of it in _shots/
# The environment is made on the first call; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
BIN = .venv/bin

.PHONY: demo test docs lab browser hashes clean

demo: .venv/ready
	@$(BIN)/coot demo

test: .venv/ready
	@OMP_NUM_THREADS=1 MPLBACKEND=agg HF_HUB_OFFLINE=1 $(BIN)/python .ci/check.py

docs: .venv/ready-docs
	@$(BIN)/python .ci/docs.py

hashes: .venv/ready
	@$(BIN)/python .ci/hashes.py $(INDEX) $(WHEELS)

lab: .venv/ready-lab
	@$(BIN)/jupyter lab nbs

.venv/ready: settings.ini setup.py pyproject.toml constraints.txt
	@PYTHON=$(PYTHON) bash .ci/setup '.[demo,video,search,encoders,agents,caption,dev]'
	@touch $@

browser: .venv/ready-browser
	@HF_HUB_OFFLINE=1 $(BIN)/python .ci/browser.py

.venv/ready-browser: .venv/ready
	@PYTHON=$(PYTHON) bash .ci/setup '.[browser]'
	@touch $@

.venv/ready-docs: .venv/ready
	@PYTHON=$(PYTHON) bash .ci/setup '.[docs]'
	@touch $@

.venv/ready-lab: .venv/ready
	@PYTHON=$(PYTHON) bash .ci/setup '.[lab]'
	@touch $@

clean:
	rm -rf .venv build dist _docs _proc _shots *.egg-info

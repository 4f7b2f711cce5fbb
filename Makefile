# Two commands matter: `make chat` opens the assistant, `make test` is the whole gate. All are safe to repeat.
BIN := .venv/bin
PYTHON ?= $(shell for candidate in python3.11 /usr/bin/python3.11 python3; do \
	$$candidate -c 'import sys, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)

.DEFAULT_GOAL := help
.PHONY: help chat install index test lint lock clean python

help: ## 列出可用的命令
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

chat: install ## 安装、建索引并打开助手（首次约两分钟，以后几秒）
	@$(BIN)/partner-lens serve --open

install: python ## 建立 .venv 并按锁定版本安装
	@$(PYTHON) scripts/environment.py install

index: install ## 建立或更新索引
	@$(BIN)/partner-lens index

test: python ## 全部检查：格式、规范、类型、单元、集成、评测、浏览器
	@$(PYTHON) scripts/environment.py install --test
	@scripts/test.sh

lint: python ## 整理格式，检查规范与类型
	@$(PYTHON) scripts/environment.py install --test
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/mypy

lock: python ## 按 pyproject.toml 重新锁定依赖版本
	@$(PYTHON) scripts/environment.py lock

clean: ## 删除 .venv 和缓存（语料、索引、台账不动）
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo '✗ 没有找到带 venv 的 Python 3.11。Debian/Ubuntu 请运行：sudo apt-get install python3.11 python3.11-venv；其他系统见 python.org。装好后重试。' >&2; exit 1; }

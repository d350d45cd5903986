# 预算绩效管理系统：make run 启动网站，make test 运行全部测试，make help 列出其余命令。

SHELL := /bin/sh
.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 8000
STRICT ?=
ARGS ?=
export HOST PORT

# The first interpreter that is new enough; an empty answer is reported by the recipes.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$name && break; done)
MANAGE := .venv/bin/python manage.py

.PHONY: help run test lint shell demo verify check-python site-environment dev-environment lock screenshots benchmark clean

help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

check-python:
	@test -n "$(PYTHON)" || { echo "没有找到 Python 3.11 或更高版本，请安装后重试。" >&2; exit 1; }

site-environment: check-python
	@$(PYTHON) tools/setup_environment.py

dev-environment: check-python
	@$(PYTHON) tools/setup_environment.py --dev

run: site-environment ## 启动网站（首次自动安装并装入示例县数据），地址用 HOST、PORT 设置，Ctrl-C 停止
	@exec $(MANAGE) run_site

test: dev-environment ## 运行代码检查与全部测试（SQLite，有 PostgreSQL 时再跑一遍；STRICT=1 时缺一不可）
	@exec .venv/bin/python tools/run_tests.py $(if $(STRICT),--strict) -- $(ARGS)

lint: dev-environment ## 只做代码检查与分层检查
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports

shell: site-environment ## 打开 Django 命令行
	@exec $(MANAGE) shell

verify: site-environment ## 核对审计日志的哈希链
	@exec $(MANAGE) verify_audit

demo: site-environment ## 清空本机 SQLite 数据，重新装入示例县数据
	@cd "$${VAR_DIR:-var}" 2>/dev/null && rm -rf site.sqlite3 site.sqlite3-wal site.sqlite3-shm files queue || true
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_sample_county

screenshots: dev-environment ## 用 Chromium 拍下主要页面，存入 var/screenshots
	@exec .venv/bin/python tools/screenshots.py

benchmark: site-environment ## 测量主要页面的响应时间
	@exec $(MANAGE) benchmark pages

lock: dev-environment ## 按 pyproject.toml 与 package.json 重写锁定文件
	@.venv/bin/python tools/write_locks.py

clean: ## 删除虚拟环境、前端包与缓存（保留 var/ 中的数据）
	@rm -rf .venv node_modules .pytest_cache .ruff_cache .import_linter_cache .hypothesis

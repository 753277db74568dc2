
# Copyright (C) the authors of the ownCloud module for nginx

# make module                  for the nginx that Debian's nginx-dev belongs to
# make module NGINX_SRC=DIR    for the nginx of any source tree
# make module V=1              with all commands; WERROR=1: no warnings allowed
# make install                 puts it into nginx's folder of modules; DESTDIR=,
#                              NGINX=/path/to/nginx, MODULES_PATH=DIR
# make demo                    a cloud, a Moodle and nginx between them
# make test                    everything that can be tested without a network
# make test-quick              what takes a few minutes: units, corpora of the
#                              fuzz targets, suites with the nginx of the system
# make fuzz                    all fuzz targets for a minute each, with clang;
#                              FUZZ_TIME=600 seconds, FUZZ="cookie form" only
# make coverage                how many lines the tests go through
# make bench                   how fast it is, beside bare nginx; QUICK=1
# make packages                installs what is missing, as root

SHELL =		/bin/bash

BUILD =		build
NGINX_SRC =	/usr/share/nginx/src
NGINX_FLAGS =	--with-compat --with-http_ssl_module --with-http_v2_module \
		--with-threads

MODULE =	$(BUILD)/ngx_http_owncloud_module.so

NGINX =		nginx

# a tree, and what is built of it with other flags, has a directory of its own:
# two trees of one version may differ

GIVEN :=	$(foreach name,CC CC_OPT LD_OPT WERROR,$(if $(filter-out \
		default undefined,$(origin $(name))),$(name)=$($(name))))

NGINX_VERSION := $(shell sed -n \
		's/^\#define NGINX_VERSION  *"\(.*\)"/\1/p' \
		$(NGINX_SRC)/src/core/nginx.h 2>/dev/null)
NGINX_TREE :=	$(BUILD)/nginx-$(NGINX_VERSION)-$(shell echo \
		'$(strip $(abspath $(NGINX_SRC)) $(GIVEN))' \
		| cksum | cut -d' ' -f1)

CC_OPT =	$(shell dpkg-buildflags --get CFLAGS 2>/dev/null || echo -g -O2) \
		$(shell dpkg-buildflags --get CPPFLAGS 2>/dev/null) \
		-fPIC -Wall -Wextra -Wno-unused-parameter
LD_OPT =	$(shell dpkg-buildflags --get LDFLAGS 2>/dev/null)

# Debian's names of what is needed: to build, to run the demo, to test

PACKAGES =	nginx nginx-dev gcc make libc6-dev dpkg-dev pkg-config \
		libxml2-dev libyajl-dev libcurl4-openssl-dev libssl-dev \
		ca-certificates tzdata
PACKAGES_DEMO =	php-cli php-fpm php-sabre-dav php-sqlite3 php-xml \
		php-mbstring openssl curl perl libio-socket-ssl-perl
PACKAGES_QUICK = $(PACKAGES_DEMO)
PACKAGES_TEST =	$(PACKAGES_QUICK) chromium nodejs npm valgrind
PACKAGES_FUZZ =	clang libclang-rt-dev llvm
PACKAGES_BENCH = openssl perl util-linux curl

FUZZ_TIME =	60
FUZZ =


.PHONY:		module install packages packages-demo packages-quick \
		packages-test packages-fuzz packages-bench demo test \
		test-quick fuzz coverage bench clean
.DELETE_ON_ERROR:

# as many at a time as there are processors, unless make was told

JOBS =		$(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

module:		$(NGINX_TREE)/configured
	@$(MAKE) --no-print-directory $(if $(V),,-s) -Otarget $(JOBS) \
		-C $(NGINX_TREE) -f objs/Makefile -f $(CURDIR)/src/objects.mk \
		ADDON_DEPS=objs/nginx_headers.h.gch TOP=$(CURDIR) modules
	@cmp -s $(NGINX_TREE)/objs/$(notdir $(MODULE)) $(MODULE) \
	|| install $(NGINX_TREE)/objs/$(notdir $(MODULE)) $(MODULE)

# the tree itself stays as it is: nginx is configured among links to it

$(NGINX_TREE)/configured:	config Makefile
	@if [ -z "$(NGINX_VERSION)" ]; then \
		echo "no nginx sources in $(NGINX_SRC): \"make packages\"" \
		     "installs Debian's nginx-dev, or say NGINX_SRC=DIR" >&2; \
		exit 1; \
	fi
	@rm -rf $(NGINX_TREE)
	@mkdir -p $(NGINX_TREE)
	@ln -s $(abspath $(NGINX_SRC))/{auto,src} $(NGINX_TREE)/
	@echo "CONF nginx $(NGINX_VERSION)"
	@if [ -f $(NGINX_SRC)/conf_flags ]; then \
		. $(NGINX_SRC)/conf_flags; \
	else \
		NGX_CONF_FLAGS=($(NGINX_FLAGS)); \
	fi; \
	configure=auto/configure; \
	if [ -f $(NGINX_SRC)/configure ]; then \
		configure=$(abspath $(NGINX_SRC))/configure; \
	fi; \
	log=$(NGINX_TREE)/configure.log; \
	set -o pipefail; \
	(cd $(NGINX_TREE) && sh $$configure "$${NGX_CONF_FLAGS[@]}" \
		--with-cc="$(CC)" --with-cc-opt="$(CC_OPT)" --with-ld-opt="$(LD_OPT)" \
		--add-dynamic-module=$(CURDIR)) 2>&1 \
	| if [ -n "$(V)" ]; then tee $$log; else cat >$$log; fi \
	|| { \
		[ -n "$(V)" ] || cat $$log >&2; \
		exit 1; \
	}
	@touch $@

# nginx knows where it looks for modules; a relative path is below its prefix

install:
	@if [ ! -f $(MODULE) ]; then \
		echo "$(MODULE) is missing: \"make module\" builds it" >&2; \
		exit 1; \
	fi; \
	dir="$(MODULES_PATH)"; \
	if [ -z "$$dir" ]; then \
		PATH="$$PATH:/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin"; \
		built=`"$(NGINX)" -V 2>&1` || { \
			echo "\"$(NGINX) -V\" fails, it would say where" \
			     "modules belong; install nginx, or say" \
			     "NGINX=/path/to/nginx or MODULES_PATH=DIR" >&2; \
			exit 1; \
		}; \
		argument() { \
			sed -n "s/.* --$$1=\('[^']*'\|[^ ']*\).*/\1/p" \
			<<<"$$built" | tr -d \'; \
		}; \
		dir=`argument modules-path`; \
		dir=$${dir:-modules}; \
		prefix=`argument prefix`; \
		case "$$dir" in \
			/*) ;; \
			*) dir=$${prefix:-/usr/local/nginx}/$$dir ;; \
		esac; \
	fi; \
	install -D -m 644 -t "$(DESTDIR)$$dir" $(MODULE) || exit 1; \
	echo "installed: $(DESTDIR)$$dir/$(notdir $(MODULE))"; \
	echo "To load it, write at the top of nginx.conf:"; \
	echo "    load_module $$dir/$(notdir $(MODULE));"

# $(call install, PACKAGES): nothing to do is found out without apt

install =	have=" `dpkg-query -W \
		-f '$${db:Status-Status} $${Package}, $${Provides}\n' \
		| sed -n 's/^installed //p' | tr ',\n' '  '` "; \
	missing=; \
	for package in $(1); do \
		case "$$have" in \
			*" $$package "*) ;; \
			*) missing="$$missing $$package" ;; \
		esac; \
	done; \
	if [ -z "$$missing" ]; then \
		exit 0; \
	fi; \
	if [ "`id -u`" -ne 0 ]; then \
		echo "packages are missing; run as root:" >&2; \
		echo "  apt-get install --no-install-recommends$$missing" >&2; \
		exit 1; \
	fi; \
	apt-get update && DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends $$missing

packages:
	@$(call install,$(PACKAGES))

packages-demo:
	@$(call install,$(PACKAGES) $(PACKAGES_DEMO))

packages-quick:
	@$(call install,$(PACKAGES) $(PACKAGES_QUICK))
	@t/install-test-nginx

packages-test:
	@$(call install,$(PACKAGES) $(PACKAGES_TEST))
	@t/install-test-nginx

packages-fuzz:
	@$(call install,$(PACKAGES) $(PACKAGES_FUZZ))

packages-bench:
	@$(call install,$(PACKAGES) $(PACKAGES_BENCH))

# what packages bring is seen by a make that starts after them

demo:		packages-demo
	@$(MAKE) --no-print-directory module
	@exec t/demo/run

test:		packages-test
	@$(MAKE) --no-print-directory module WERROR=1
	@t/nginx-build --module $(CURDIR) $(BUILD)/nginx-asan asan
	@t/nginx-build --module $(CURDIR) $(BUILD)/nginx-new new \
	|| echo "no newer nginx could be built: HTTP/3 is not tested" >&2
	@exec t/run

test-quick:	packages-quick
	@$(MAKE) --no-print-directory module WERROR=1
	@t/nginx-build $(BUILD)/nginx-asan asan
	@exec t/run --quick

fuzz:		packages-fuzz
	@exec t/fuzz/run $(FUZZ_TIME) $(FUZZ)

coverage:	packages-test
	@exec t/coverage

bench:		packages-bench
	@$(MAKE) --no-print-directory module
	@exec t/bench/run

clean:
	rm -rf $(BUILD)


# Copyright (C) the authors of the ownCloud module for nginx

# Read after the makefile that nginx's configure makes: the headers of nginx
# are compiled once and not for each file, the compiler tells which headers a
# file depends on, and of each command one short line is shown.

HEADERS =	objs/nginx_headers.h
DEPENDS =	-MMD -MP -MF $@.d

# -Werror is in the flags of nginx

override CFLAGS := $(filter-out -Werror,$(CFLAGS)) $(if $(WERROR),-Werror)

say =		$(if $(V),,echo "$(1) $(patsubst $(TOP)/%,%,$(2))";)

compiler :=	$(CC)
linker :=	$(LINK)

override CC =	$(call say,CC  ,$(filter %.c,$^)) \
		$(compiler) $(DEPENDS) -include $(HEADERS)
override LINK =	$(call say,LINK,$@) $(linker)

$(HEADERS):
	printf '#include <%s.h>\n' ngx_config ngx_core ngx_http >$@

$(HEADERS).gch:	$(HEADERS)
	$(compiler) $(DEPENDS) $(CFLAGS) $(ALL_INCS) -x c-header -o $@ $<

-include $(wildcard objs/*.d objs/addon/*/*.d)

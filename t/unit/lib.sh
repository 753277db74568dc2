
# Sourced by t/unit/build and t/fuzz/build: compiles the rooms up to moodle and
# what else needs no request, with allocations that can be made to fail, and
# makes a library of nginx's own objects.  In: top, ngx, out, CC, flags.

objs=$ngx/objs

[ -f "$objs/ngx_modules.o" ] || {
    echo "$0: no nginx built in \"$ngx\"; see t/nginx-build" >&2
    exit 1
}

includes="-I$ngx/src/src/core -I$ngx/src/src/event
    -I$ngx/src/src/event/modules -I$ngx/src/src/os/unix
    -I$ngx/src/src/http -I$ngx/src/src/http/modules -I$ngx/src/src/http/v2
    -I$objs -I$top/src -I$top/src/format -I$top/src/cloud
    -I$top/src/engine -I$top/src/moodle -I$top/src/request
    -I$top/src/session -I$top/src/account -I$top/src/browse -I$top/src/share
    -I$top/src/choose -I$top/src/controlled -I$top/t/unit -I$top/t/faults
    $(pkg-config --cflags libxml-2.0 yajl libcurl libcrypto)"

libs="$(pkg-config --libs libxml-2.0 yajl libcurl libssl libcrypto)
    $(grep -oE '[[:space:]]-l[a-z0-9_-]+' "$objs/Makefile" | sort -u)
    -lpthread -ldl"

warnings="-Wall -Wextra -Werror -Wpointer-arith -Wno-unused-parameter"


# compile SOURCE OBJECT [FLAG ...]: unless the object is newer than all that it
# may need

compile() {
    local dep

    if [ -f "$2" ]; then
        for dep in "$1" "$objs/ngx_auto_config.h" $headers; do
            [ "$dep" -nt "$2" ] && break
            dep=
        done

        [ -n "$dep" ] || return 0
    fi

    $CC -c $warnings $flags $includes "${@:3}" -o "$2" "$1" \
    || { rm -f "$2"; return 1; }
}


# nginx with its main() out of the way

nginx_library() {
    local lib=$shared/libnginx.a

    [ -f "$lib" ] && [ "$lib" -nt "$objs/nginx" ] && return 0

    rm -f "$lib"
    objcopy --redefine-sym main=ngx_main "$objs/src/core/nginx.o" \
        "$shared/nginx.o"
    find "$objs/src" -name '*.o' ! -path "$objs/src/core/nginx.o" \
        ! -path "$objs/addon/*" -print0 \
        | xargs -0 ar rcs "$lib" "$shared/nginx.o" "$objs/ngx_modules.o"
}


layers_library() {
    local f o list=

    for f in "$top"/src/{format,cloud,engine,moodle}/*.c \
             "$top"/src/account/ngx_http_owncloud_account_pack.c \
             "$top"/src/controlled/ngx_http_owncloud_controlled_entry.c \
             "$top"/src/choose/ngx_http_owncloud_choose_download_form.c \
             "$top"/src/session/ngx_http_owncloud_session_attempt_pack.c \
             "$top"/src/session/ngx_http_owncloud_session_pack.c
    do
        [ -f "$f" ] || continue
        o=$shared/$(basename "$f" .c).o
        compile "$f" "$o" -include "$top/t/faults/redirect.h" || return 1
        list="$list $o"
    done

    rm -f "$shared/liblayers.a"
    ar rcs "$shared/liblayers.a" $list
}


# what is compiled in the same way is so once for all beside each other

mkdir -p "$out"
out=$(realpath "$out")
shared=$(echo $CC $flags "$ngx" | cksum | cut -d' ' -f1)
shared=$(dirname "$out")/shared-$shared
mkdir -p "$shared"

# two suites may want the same at the same time

exec 8>"$shared/lock"
flock 8

headers=$(ls "$top"/src/*.h "$top"/src/*/*.h "$top"/t/unit/*.h \
             "$top"/t/faults/*.h 2>/dev/null)

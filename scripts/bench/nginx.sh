# An nginx of the benchmark's own, on a core of its own: `start_server` sets port; it serves 1k and 10m.
# shellcheck shell=bash
# shellcheck disable=SC2154 # scratch and me are lib.sh's

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
ulimit -Sn "$(ulimit -Hn)"

server_core=() client_core=()
if (($(nproc) > 1)) && have taskset; then
  server_core=(taskset -c 0)
  # shellcheck disable=SC2034 # the benchmarks read it
  client_core=(taskset -c 1)
fi

stop_server() {
  [[ ! -s $scratch/nginx.pid ]] || kill "$(<"$scratch/nginx.pid")" || true
  clean_up
}
trap stop_server EXIT

start_server() {
  local user='' try
  have nginx || die "nginx is missing; 'scripts/setup' installs it"
  ((EUID)) || user='user root root;'
  head -c 1024 /dev/zero | tr '\0' x >"$scratch/1k"
  head -c $((10 << 20)) /dev/zero | tr '\0' x >"$scratch/10m"
  for try in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    cat >"$scratch/nginx.conf" <<END_OF_CONF
$user
worker_processes 1;
worker_rlimit_nofile $(ulimit -Sn);
pid $scratch/nginx.pid;
error_log $scratch/error.log;
events { worker_connections $(($(ulimit -Sn) - 100)); }
http {
  access_log off;
  sendfile on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  open_file_cache max=10;
  client_body_temp_path $scratch/body; proxy_temp_path $scratch/proxy; fastcgi_temp_path $scratch/fastcgi;
  uwsgi_temp_path $scratch/uwsgi; scgi_temp_path $scratch/scgi;
  server { listen 127.0.0.1:$port backlog=16384; root $scratch; default_type video/mp4; location = /status { stub_status; } }
}
END_OF_CONF
    "${server_core[@]}" nginx -p "$scratch/" -e error.log -c nginx.conf 2>"$scratch/start.log" && return
  done
  cat "$scratch/start.log" >&2
  die "nginx could not be started (after $try tries)"
}

# CPU time of the worker process so far, in seconds.
server_time() {
  local worker
  worker=$(pgrep -P "$(<"$scratch/nginx.pid")" | head -n 1)
  awk -v ticks="$(getconf CLK_TCK)" '{ print ($14 + $15) / ticks }' "/proc/$worker/stat"
}

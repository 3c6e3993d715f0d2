# The S3 part of scripts/testbed: a Ceph cluster whose gateway, radosgw, speaks S3.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the testbed reads s3_servers; dir, here, base and shards are its own

s3_servers=(radosgw ceph-osd ceph-mon)
s3_access_key=TESTBEDOWNER s3_secret_key=the/secret+of=the-owner
s3_other_access_key=TESTBEDOTHER s3_other_secret_key=the/secret+of=another

uuid() { cat /proc/sys/kernel/random/uuid; }

write_ceph_conf() {
  local text
  text=$(<"$here/testbed.ceph.conf")
  text=${text//@DIR@/"$dir"} text=${text//@FSID@/"$fsid"} text=${text//@SHARDS@/"$shards"}
  text=${text//@S3_PORT@/$((base + 4))} text=${text//@S3_TLS_PORT@/$((base + 5))}
  printf '%s\n' "${text//@MON_PORT@/$((base + 6))}" >"$dir/ceph.conf"
}

# The monitor is given keys and a map of one store, so that nobody has to ask it for them.
start_cluster() {
  local fsid name conf=(-c "$dir/ceph.conf")
  fsid=$(uuid)
  write_ceph_conf
  rm -rf "$dir/ceph"
  mkdir -p "$dir/ceph/"{mon,osd,rgw}
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' || return
  for name in client.admin osd.0; do
    ceph-authtool "$dir/keyring" --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' || return
  done
  monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$((base + 6))]" "$dir/ceph/monmap" &&
    osdmaptool --clobber --createsimple 1 "$dir/ceph/osdmap" &&
    ceph-mon -i a "${conf[@]}" --mkfs --monmap "$dir/ceph/monmap" --osdmap "$dir/ceph/osdmap" --keyring "$dir/keyring" &&
    ceph-osd -i 0 "${conf[@]}" --mkfs --no-mon-config --osd-uuid "$(uuid)" &&
    ceph-mon -i a "${conf[@]}" &&
    ceph-osd -i 0 "${conf[@]}"
}

# The owner may make buckets and roles; the other one, whom nobody gives anything, may list nothing.
# The role `reader` may list and read, and the owner may take it.
make_users() {
  local admin=(timeout 30 radosgw-admin -c "$dir/ceph.conf")
  "${admin[@]}" user create --uid owner --display-name owner --caps 'users=*;roles=*' \
    --access-key $s3_access_key --secret-key $s3_secret_key &&
    "${admin[@]}" user create --uid other --display-name other \
      --access-key $s3_other_access_key --secret-key $s3_other_secret_key &&
    "${admin[@]}" role create --role-name reader --assume-role-policy-doc \
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/owner"]},"Action":["sts:AssumeRole"]}]}' &&
    "${admin[@]}" role-policy put --role-name reader --policy-name read --policy-doc \
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::*"]}]}'
}

start_s3() {
  # Memory is kept rather than given back after each request: a quarter of the CPU time of a page.
  export MALLOC_TRIM_THRESHOLD_=$((1 << 30)) MALLOC_MMAP_THRESHOLD_=$((1 << 30)) MALLOC_TOP_PAD_=$((1 << 24))
  make_certificates
  # The names of its certificates are relative, as they cannot have blanks.
  start_cluster && make_users && (cd "$dir" && radosgw -c "$dir/ceph.conf" -n client.admin) || return
  for _ in {1..300}; do
    ! curl -sS --max-time 10 "http://127.0.0.1:$((base + 4))/" -o /dev/null || return 0
    pid_of radosgw >/dev/null || break
    sleep 0.05
  done
  tail -n 5 "$dir/client.log"
  return 1
}

write_s3_env() {
  printf '%s=%q\n' \
    S3_URL "http://127.0.0.1:$((base + 4))" \
    S3_TLS_URL "https://localhost:$((base + 5))" \
    S3_REGION us-east-1 \
    S3_ACCESS_KEY $s3_access_key \
    S3_SECRET_KEY $s3_secret_key \
    S3_OTHER_ACCESS_KEY $s3_other_access_key \
    S3_OTHER_SECRET_KEY $s3_other_secret_key \
    S3_ROLE_ARN arn:aws:iam:::role/reader \
    CEPH_CONF_FILE "$dir/ceph.conf" >>"$dir/env"
}

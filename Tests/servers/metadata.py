#!/usr/bin/env python3
"""All services that give AWS credentials, and a small S3 that takes them, on one port of loopback.

Prints a line `PORT` when it serves; serves until it is killed. Each request is a line `METHOD PATH WHO STATUS` in the
file that the one argument names.

The first segment of a path may begin with `~` and then holds modes, such as `~ttl-2.v1`:
  ttl-N     keys hold N seconds (3600)
  early-N   keys hold N seconds less than is said of them
  fail-N    the first N requests with these modes, or those behind M with `after-M`, get status 503, or S with `code-S`
  garbage, doctype, hang, refuse   answers that are none, and the error of each service
  v1, nothing                      instance metadata of old, and of a machine without a role

Keys that need no service: the access key AKID<NAME> has the secret secret/of+<NAME>. Bucket `who` has one object, named
after where the keys of the request came from; other buckets have 10, one a page, half a second each.
"""

import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()
issued = {}  # access key: (secret, token, end, where from)
asked = {}  # modes: how many requests there were
metadata_tokens = set()
sso_tokens = {"sso-token-0": time.time() + 3600}
refresh_tokens = {"sso-refresh-0"}


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def issue(where, modes):
    """New keys: access key, secret, token, end as it is said."""
    end = time.time() + float(modes.get("ttl", 3600))
    with lock:
        number = len(issued) + 1
        access_key, secret, token = f"ASIA{number:016d}", f"secret/{number}+x", f"token/{number}+/="
        issued[access_key] = (secret, token, end - float(modes.get("early", 0)), where)
    return access_key, secret, token, end


def known(access_key):
    if access_key.startswith("AKID"):
        return f"secret/of+{access_key[4:]}", None, float("inf"), access_key[4:].lower()
    return issued.get(access_key)


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def encode(text):
    return urllib.parse.quote(text, safe="-._~")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    who = "-"

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="application/json"):
        data = text.encode()
        with lock:
            log.write(f"{self.command} {self.path} {self.who} {status}\n")
            log.flush()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def serve(self):
        self.who = "-"
        url = urllib.parse.urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        modes, path = "", url.path
        if path.startswith("/~"):
            modes, _, path = path[2:].partition("/")
            path = "/" + path
        self.modes = dict(mode.partition("-")[::2] for mode in modes.split(".") if mode)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        with lock:
            asked[modes] = asked.get(modes, 0) + 1
            fails = 0 < asked[modes] - int(self.modes.get("after", 0)) <= int(self.modes.get("fail", 0))
        if fails:
            return self.answer(int(self.modes.get("code", 503)), "")
        if "hang" in self.modes:
            time.sleep(60)
        if "garbage" in self.modes:
            return self.answer(200, 'export AWS_SECRET_ACCESS_KEY="hush"')
        if "doctype" in self.modes:
            text = '<!DOCTYPE x [<!ENTITY a "hush">]><x><AccessKeyId>&a;</AccessKeyId></x>'
            return self.answer(200, text, "text/xml")
        if self.command == "PUT" or path.startswith("/latest/"):
            self.metadata(path)
        elif path.startswith("/container"):
            self.container()
        elif path == "/federation/credentials":
            self.portal()
        elif path == "/token" and self.command == "POST":
            self.oidc()
        elif self.command == "POST":
            self.sts()
        else:
            self.s3(path)

    do_GET = do_PUT = do_POST = serve

    def give(self, where, token="Token"):
        access_key, secret, session, end = issue(where, self.modes)
        names = {"AccessKeyId": access_key, "SecretAccessKey": secret, token: session, "Expiration": stamp(end)}
        self.answer(200, json.dumps({"Code": "Success", **names}))

    def metadata(self, path):
        if path == "/latest/api/token":
            if "v1" in self.modes:
                return self.answer(404, "")
            if self.command != "PUT" or not self.headers.get("X-aws-ec2-metadata-token-ttl-seconds"):
                return self.answer(400, "")
            token = f"metadata-{len(metadata_tokens)}=="
            metadata_tokens.add(token)
            return self.answer(200, token, "text/plain")
        if "v1" not in self.modes and self.headers.get("X-aws-ec2-metadata-token") not in metadata_tokens:
            return self.answer(401, "")
        folder = "/latest/meta-data/iam/security-credentials/"
        if path == folder and "nothing" not in self.modes:
            return self.answer(200, "machine role", "text/plain")
        if path == folder + "machine%20role":
            if "refuse" in self.modes:
                return self.answer(200, json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot"}))
            return self.give("machine-v1" if "v1" in self.modes else "machine")
        self.answer(404, "")

    def container(self):
        if self.query.get("needs") and self.headers.get("Authorization") != self.query["needs"]:
            return self.answer(401, json.dumps({"code": "Unauthorized", "message": "bad token"}))
        self.give("container")

    def portal(self):
        end = sso_tokens.get(self.headers.get("x-amz-sso_bearer_token"), 0)
        if end < time.time() or "refuse" in self.modes:
            error = {"__type": "UnauthorizedException", "message": "Session token not found"}
            return self.answer(401, json.dumps(error))
        if self.query != {"role_name": "Media Reader", "account_id": "000123456789"}:
            return self.answer(404, json.dumps({"message": "No such role", "__type": "ResourceNotFoundException"}))
        access_key, secret, token, end = issue("sso", self.modes)
        keys = {"accessKeyId": access_key, "secretAccessKey": secret, "sessionToken": token}
        self.answer(200, json.dumps({"roleCredentials": {**keys, "expiration": int(end * 1000)}}))

    def oidc(self):
        wanted = json.loads(self.body)
        refresh = wanted.pop("refreshToken")
        with lock:
            known_client = {"clientId": "client", "clientSecret": "client/secret", "grantType": "refresh_token"}
            is_json = self.headers["Content-Type"].startswith("application/json")
            if refresh not in refresh_tokens or wanted != known_client or not is_json:
                refresh = None
            else:
                refresh_tokens.discard(refresh)
                refresh, token = (f"sso-{kind}-{len(sso_tokens)}" for kind in ("refresh", "token"))
                refresh_tokens.add(refresh)
                sso_tokens[token] = time.time() + 600
        if not refresh:
            error = {"error": "invalid_grant", "error_description": "Invalid refresh token"}
            return self.answer(400, json.dumps(error))
        members = {"accessToken": token, "tokenType": "Bearer", "expiresIn": 600, "refreshToken": refresh}
        self.answer(200, json.dumps(members))

    def sts(self):
        form = dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))
        try:
            role = form["RoleArn"].split("/")[-1]
            if form["Version"] != "2011-06-15" or not form["RoleSessionName"]:
                raise Refusal(400, "ValidationError")
            if form["Action"] == "AssumeRoleWithWebIdentity":
                if not form["WebIdentityToken"].startswith("web.token.") or self.headers.get("Authorization"):
                    raise Refusal(400, "InvalidIdentityToken")
                where = f"{role}/by-token-{form['WebIdentityToken'].split('.')[2]}"
            else:
                where = f"{role}/by-{self.verify('sts')}"
                if "refuse" in self.modes or form.get("ExternalId", "") != ("a+b c" if role == "external" else ""):
                    raise Refusal(403, "AccessDenied")
            if form.get("DurationSeconds", "1800") != "1800":
                raise Refusal(400, "ValidationError")
        except Refusal as refusal:
            text = f"<Error><Code>{refusal.code}</Code><Message>not &quot;you&quot;</Message></Error>"
            name = "https://sts.amazonaws.com/doc/2011-06-15/"
            return self.answer(refusal.status, f'<ErrorResponse xmlns="{name}">{text}</ErrorResponse>', "text/xml")
        access_key, secret, token, end = issue(where, self.modes)
        keys = f"<AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
        keys += f"<SessionToken>{token}</SessionToken><Expiration>{stamp(end)}</Expiration>"
        result = f"{form['Action']}Result"
        text = f"<{result}><Credentials>{keys}</Credentials></{result}>"
        self.answer(200, f"<?xml version='1.0'?><a:Response xmlns:a='urn:a'>{text}</a:Response>", "text/xml")

    def verify(self, service):
        """Where the keys came from that the request is signed with; AWS Signature Version 4."""
        field = self.headers.get("Authorization", "")
        if not field.startswith("AWS4-HMAC-SHA256 "):
            raise Refusal(403, "MissingAuthenticationToken")
        parts = dict(part.strip().split("=", 1) for part in field[17:].split(","))
        access_key, date, region, of, _ = parts["Credential"].split("/")
        keys = known(access_key)
        if not keys or of != service:
            raise Refusal(403, "InvalidAccessKeyId")
        secret, token, end, where = keys
        now = self.headers["x-amz-date"]
        self.who = where
        if token != self.headers.get("x-amz-security-token"):
            raise Refusal(400, "InvalidToken")
        names = parts["SignedHeaders"].split(";")
        if "host" not in names or (token and "x-amz-security-token" not in names) or now[:8] != date:
            raise Refusal(403, "AccessDenied")
        url = urllib.parse.urlsplit(self.path)
        pairs = urllib.parse.parse_qsl(url.query, keep_blank_values=True)
        query = "&".join(sorted(encode(name) + "=" + encode(value) for name, value in pairs))
        fields = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        payload = self.headers.get("x-amz-content-sha256") or hashlib.sha256(self.body).hexdigest()
        path = url.path if service == "s3" else urllib.parse.quote(url.path, safe="/-._~")
        request = "\n".join([self.command, path, query, fields, ";".join(names), payload])
        scope = f"{date}/{region}/{service}/aws4_request"
        key = ("AWS4" + secret).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
        if hmac.digest(key, text.encode(), "sha256").hex() != parts["Signature"]:
            raise Refusal(403, "SignatureDoesNotMatch")
        if end < time.time():
            raise Refusal(400, "ExpiredToken")
        return where

    def s3(self, path):
        bucket = path.strip("/")
        try:
            where = self.verify("s3")
        except Refusal as refusal:
            text = f"<Error><Code>{refusal.code}</Code><Message>no</Message></Error>"
            return self.answer(refusal.status, text, "application/xml")
        keys = [where + ".jpg"] if bucket == "who" else [f"{n:02d}.jpg" for n in range(10)]
        after = max(self.query.get("continuation-token", ""), self.query.get("start-after", ""))
        keys = [key for key in keys if key > after and key.startswith(self.query.get("prefix", ""))]
        if bucket != "who":
            time.sleep(0.5)
        text = f"<Name>{bucket}</Name><IsTruncated>{str(len(keys) > 1).lower()}</IsTruncated>"
        for key in keys[:1]:
            text += f"<Contents><Key>{key}</Key><Size>1</Size>"
            text += "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        if len(keys) > 1:
            text += f"<NextContinuationToken>{keys[0]}</NextContinuationToken>"
        self.answer(200, f"<ListBucketResult>{text}</ListBucketResult>", "application/xml")


with open(sys.argv[1], "w", encoding="utf-8") as log:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()

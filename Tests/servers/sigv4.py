"""Signatures of AWS, version 4, for requests to S3 whose payload is not signed."""

import hashlib
import hmac
import time
from urllib.parse import quote


def encode(text):
    """Percent-encodes all bytes but those that a canonical request has as they are."""
    return quote(text, safe="-._~")


def encode_path(key):
    return "/".join(map(encode, key.split("/")))


def encode_query(parameters):
    """The canonical query of (name, value) pairs."""
    return "&".join(sorted(encode(name) + "=" + encode(value) for name, value in parameters))


class Signer:
    """Signs for one user. `token` is the one of a session, if it is one."""

    def __init__(self, access_key, secret_key, region="us-east-1", token=None):
        self.access_key, self.secret_key, self.region, self.token = access_key, secret_key, region, token
        self.date = None

    def headers(self, method, host, path, query=""):
        """The fields that sign a request, with Host. Path and query are canonical: see the functions above."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        fields = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
        if self.token:
            fields["x-amz-security-token"] = self.token
        names = ";".join(fields)
        canonical = "".join(f"{name}:{value}\n" for name, value in fields.items())
        request = f"{method}\n{path}\n{query}\n{canonical}\n{names}\nUNSIGNED-PAYLOAD"
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        signature = hmac.digest(self.key(now[:8]), f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}".encode(), "sha256").hex()
        fields["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return fields

    def key(self, date):
        """The key that signs on this day."""
        if date != self.date:
            key = ("AWS4" + self.secret_key).encode()
            for part in (date, self.region, "s3", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self.date, self.of_date = date, key
        return self.of_date

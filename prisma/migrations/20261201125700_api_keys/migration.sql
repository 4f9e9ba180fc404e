-- Credentials of programs. The secret itself is not stored.

CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_roles_check"
  CHECK ("roles" IS NOT NULL AND cardinality("roles") > 0 AND "roles" <@ ARRAY['VIEWER', 'REPORTER', 'ADMIN']);
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_hash_check" CHECK (octet_length("hash") = 32);

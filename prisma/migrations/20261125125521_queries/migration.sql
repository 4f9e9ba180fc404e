-- CreateIndex
CREATE INDEX "cluster_named" ON "cluster"("tenant_id", "name", "id") WHERE (deleted_at IS NULL);

-- CreateIndex
CREATE INDEX "cluster_event_instance_id" ON "cluster_event"("tenant_id", "cluster_id", "instance_id", "revision") WHERE (instance_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "cluster_event_instance_name" ON "cluster_event"("tenant_id", "cluster_id", "instance_name", "revision") WHERE (instance_name IS NOT NULL);

-- CreateIndex
CREATE INDEX "cluster_event_failures_recorded" ON "cluster_event"("tenant_id", "created_at", "revision", "id") WHERE (NOT successful);

# Resources that fail for real, each for every host. A resource's name is the label of its cause.

variable "hosts" {
  type = list(string)
}

variable "folder" {
  type = string
}

resource "terraform_data" "no_command" {
  for_each = toset(var.hosts)
  provisioner "local-exec" {
    command = "etcdadm join ${each.key}:2379"
  }
}

resource "terraform_data" "refused" {
  for_each = { for index, host in var.hosts : host => 20000 + 37 * index }
  provisioner "local-exec" {
    command = "echo registering ${each.key}; curl -fsS http://127.0.0.1:${each.value}/members"
  }
}

resource "terraform_data" "no_file" {
  for_each = toset(var.hosts)
  provisioner "local-exec" {
    command = "install -m 600 ${var.folder}/${each.key}.key /dev/null"
  }
}

resource "terraform_data" "silent" {
  for_each = toset(var.hosts)
  provisioner "local-exec" {
    command = "test -e ${var.folder}/${each.key}.ready"
  }
}

resource "terraform_data" "precondition" {
  for_each = { for index, host in var.hosts : host => index }
  lifecycle {
    precondition {
      condition     = each.value > 100
      error_message = "The flavor of ${each.key} has ${each.value} vCPUs. At least 100 are needed."
    }
  }
}

resource "terraform_data" "file" {
  for_each = toset(var.hosts)
  input    = file("${var.folder}/${each.key}.tftpl")
}

resource "terraform_data" "index" {
  for_each = { for index, host in var.hosts : host => index }
  input    = var.hosts[each.value + 100]
}

resource "terraform_data" "json" {
  for_each = toset(var.hosts)
  input    = jsondecode("{\"${each.key}\":")
}

resource "terraform_data" "attribute" {
  for_each = { for host in var.hosts : host => { name = host } }
  input    = each.value.address
}

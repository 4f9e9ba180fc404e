# A cluster as infrastructure code would build it, with resources that take time instead of money: 12 volumes, 24
# instances of two volumes' zone each, 8 members of a load balancer. How long each takes is drawn anew in every run.

terraform {
  required_version = ">= 1.4"
}

variable "pace" {
  description = "How much slower than usual everything is"
  type        = number
  default     = 1
}

locals {
  # $1 median seconds, $2 deviation of the logarithm
  wait = <<-SH
    wait() {
      sleep "$(od -An -N8 -tu4 /dev/urandom | awk -v median="$1" -v deviation="$2" -v pace=${var.pace} '{
        normal = sqrt(-2 * log(($1 + 1) / 4294967297)) * cos(6.283185307 * $2 / 4294967296)
        printf "%.2f", pace * median * exp(deviation * normal) }')"
    }
  SH
}

resource "terraform_data" "volume" {
  count = 12
  provisioner "local-exec" {
    command = "${local.wait}\nwait 8 0.3"
  }
}

resource "terraform_data" "instance" {
  count = 24
  input = terraform_data.volume[count.index % 12].id
  provisioner "local-exec" {
    command = "${local.wait}\nwait 28 0.45"
  }
}

resource "terraform_data" "member" {
  count = 8
  input = terraform_data.instance[count.index].id
  provisioner "local-exec" {
    command = "${local.wait}\nwait 6 0.2"
  }
}

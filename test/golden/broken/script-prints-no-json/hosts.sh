#!/bin/sh
echo 'web-1 ansible_host=203.0.113.11'
